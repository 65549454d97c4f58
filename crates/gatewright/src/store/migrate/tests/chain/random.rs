//! Schemas at random, each migrated to the next: whatever they hold, and however names meet, the
//! structure is a fresh database's. (There are no records here: the chain has those.)

use gatewright_codegen::migrate::{Failure, History, changes};
use gatewright_codegen::{Generation, Options, Runtime, generate};
use gatewright_schema::Schema;

use super::place::{Place, leak};
use super::*;

/// Steps of one walk.
const STEPS: u32 = 25;

/// Names that meet: `order` and `lines_code`, `order_lines` and `code`; and some that are cut.
const TABLES: [&str; 6] = [
    "order",
    "order_lines",
    "group",
    "abcdefghijabcdefghijabcdefghijabcdefghijabcdefgh",
    "select",
    "b",
];
const FIELDS: [&str; 9] = [
    "lines_code",
    "code",
    "name",
    "check",
    "order_id",
    "abcdefghijabcdefghijabcdefghijabcdefghijabcdefgh",
    "abcdefghijabcdefghijabcdefghijabcdefghijabcdefgi",
    "where",
    "lines_order_id",
];
const TYPES: [&str; 14] = [
    "type = \"string\", max = 100",
    "type = \"string\", max = 30, default = \"it's\"",
    "type = \"text\"",
    "type = \"integer\"",
    "type = \"integer\", default = 7",
    "type = \"decimal\", precision = 9, scale = 2",
    "type = \"decimal\", precision = 12, scale = 4, default = \"1.5\"",
    "type = \"boolean\", default = true",
    "type = \"date\"",
    "type = \"timestamp\"",
    "type = \"uuid\"",
    "type = \"enum\", values = [\"a\", \"b\"], default = \"a\"",
    "type = \"enum\", values = [\"b\", \"c\"]",
    "type = \"json\"",
];

/// xorshift: the same walk each time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// Tables with their fields, as text.
#[derive(Clone)]
struct Draft {
    tables: Vec<(String, Option<String>, Vec<Column>)>,
    row_level_security: bool,
}

#[derive(Clone)]
struct Column {
    name: String,
    renamed_from: Option<String>,
    definition: String,
}

impl Draft {
    fn first() -> Self {
        let column = Column {
            name: "name".to_owned(),
            renamed_from: None,
            definition: "type = \"text\", optional = true".to_owned(),
        };
        Self {
            tables: vec![("order".to_owned(), None, vec![column])],
            row_level_security: true,
        }
    }

    /// Changes a few things.
    fn change(&mut self, random: &mut Random) {
        for table in &mut self.tables {
            table.1 = None;
            table
                .2
                .iter_mut()
                .for_each(|column| column.renamed_from = None);
        }
        for _ in 0..=random.below(4) {
            self.change_one(random);
        }
    }

    fn change_one(&mut self, random: &mut Random) {
        let at = random.below(self.tables.len());
        let free: Vec<&str> = TABLES
            .into_iter()
            .filter(|name| {
                self.tables
                    .iter()
                    .all(|table| table.0 != *name && table.1.as_deref() != Some(name))
            })
            .collect();
        let fresh = (!free.is_empty()).then(|| free[random.below(free.len())].to_owned());
        match (random.below(12), fresh) {
            (0, _) => self.row_level_security = !self.row_level_security,
            (1 | 2, Some(name)) => self.tables.push((name, None, Vec::new())),
            (3, _) if self.tables.len() > 2 => {
                let gone = self.tables.remove(at).0;
                self.retarget(&gone, None);
            }
            (4, Some(name)) if self.tables[at].1.is_none() => {
                let old = std::mem::replace(&mut self.tables[at].0, name.clone());
                self.retarget(&old, Some(&name));
                self.tables[at].1 = Some(old);
            }
            (5, _) if !self.tables[at].2.is_empty() => {
                let column = random.below(self.tables[at].2.len());
                self.tables[at].2.remove(column);
            }
            (6, _) => self.rename_column(at, random),
            _ => self.define_column(at, random),
        }
    }

    /// References to a table that goes or gets another name.
    fn retarget(&mut self, old: &str, new: Option<&str>) {
        let target = |name: &str| format!("to = \"{name}\"");
        for (_, _, columns) in &mut self.tables {
            match new {
                None => columns.retain(|column| !column.definition.contains(&target(old))),
                Some(new) => columns.iter_mut().for_each(|column| {
                    column.definition = column.definition.replace(&target(old), &target(new));
                }),
            }
        }
    }

    fn free_column(&self, at: usize, random: &mut Random) -> Option<String> {
        let taken = |name: &str| {
            let mut columns = self.tables[at].2.iter();
            columns.any(|it| it.name == name || it.renamed_from.as_deref() == Some(name))
        };
        let free: Vec<&str> = FIELDS.into_iter().filter(|name| !taken(name)).collect();
        (!free.is_empty()).then(|| free[random.below(free.len())].to_owned())
    }

    fn rename_column(&mut self, at: usize, random: &mut Random) {
        let Some(name) = self.free_column(at, random) else {
            return;
        };
        if self.tables[at].2.is_empty() {
            return;
        }
        let column = random.below(self.tables[at].2.len());
        let column = &mut self.tables[at].2[column];
        if column.renamed_from.is_none() {
            column.renamed_from = Some(std::mem::replace(&mut column.name, name));
        }
    }

    /// A new column, or another definition of one that is there.
    fn define_column(&mut self, at: usize, random: &mut Random) {
        let target = self.tables[random.below(self.tables.len())].0.clone();
        let mut definition = if random.one_in(3) {
            let on_delete = ["restrict", "cascade", "set_null"][random.below(3)];
            format!(
                "type = \"reference\", to = \"{target}\", on_delete = \"{on_delete}\", optional = true"
            )
        } else {
            let ty = TYPES[random.below(TYPES.len())];
            let optional = if random.one_in(2) {
                ", optional = true"
            } else {
                ""
            };
            format!("{ty}{optional}")
        };
        if random.one_in(4) {
            definition += ", unique = true";
        }
        let existing = self.tables[at].2.len();
        if existing > 0 && random.one_in(2) {
            let column = random.below(existing);
            self.tables[at].2[column].definition = definition;
        } else if let Some(name) = self.free_column(at, random) {
            self.tables[at].2.push(Column {
                name,
                renamed_from: None,
                definition,
            });
        }
    }

    fn text(&self) -> String {
        let mut text = format!(
            "[app]\nname = \"Random\"\n[tenancy]\nrow_level_security = {}\n\
             [roles]\nowner = {{ permissions = [\"*\"], assigns = [\"*\"] }}\n",
            self.row_level_security
        );
        let from = |name: &Option<String>| name.as_ref().map(|it| format!("renamed_from = {it:?}"));
        for (at, (table, renamed_from, columns)) in self.tables.iter().enumerate() {
            text += &format!("[resources.{table}]\nsingular = \"Record{at}\"\n");
            text += &from(renamed_from).map_or_else(String::new, |it| it + "\n");
            text += "fields.always = { type = \"integer\", optional = true }\n";
            for column in columns {
                let renamed =
                    from(&column.renamed_from).map_or_else(String::new, |it| format!(", {it}"));
                text += &format!(
                    "fields.{} = {{ {}{renamed} }}\n",
                    column.name, column.definition
                );
            }
        }
        text
    }
}

fn generation(schema: &Schema) -> Generation {
    let options = Options {
        package: "random".to_owned(),
        source: "",
        runtime: Runtime::Vendored,
    };
    generate(schema, &options).unwrap()
}

fn file(files: impl IntoIterator<Item = gatewright_codegen::OutputFile>, place: &Place) -> String {
    let folder = format!("migrations/{}/", place.name());
    let mut files = files.into_iter();
    files
        .find(|file| file.path.starts_with(&folder))
        .unwrap()
        .contents
}

async fn wander(place: &Place, seed: u64) {
    let mut random = Random(seed);
    let mut draft = Draft::first();
    let schema = gatewright_schema::parse(&draft.text()).schema.unwrap();
    let migration = |version, sql| Migration {
        version,
        name: "step",
        sql: leak(sql),
    };
    let Generation { files, mut lock } = generation(&schema);
    let mut history = vec![migration(1, file(files, place))];
    let database = place.connect().await;
    place.apply(&database, history.clone()).await.unwrap();
    let mut version = 1;
    let mut refused = 0;
    while version <= STEPS {
        let mut next = draft.clone();
        next.change(&mut random);
        let text = next.text();
        let parsed = gatewright_schema::parse(&text);
        // Such as a unique text, or a default that is not in the list.
        let Some(new) = parsed.schema else { continue };
        let found = match changes(&lock, &new) {
            Ok(found) if found.is_empty() => continue,
            Ok(found) => found,
            Err(Failure::Refused(_)) => {
                refused += 1;
                assert!(refused < 100 * STEPS, "hardly anything can be done");
                continue;
            }
            Err(Failure::Defect(error)) => panic!("{error}"),
        };
        version += 1;
        let sql = file(found.files(&History::new([]).unwrap()), place);
        history.push(migration(version, sql.clone()));
        if let Err(error) = place.apply(&database, history.clone()).await {
            panic!("seed {seed}, {error}\n{}\n{text}\n{sql}", draft.text());
        }
        let Generation {
            files,
            lock: next_lock,
        } = generation(&new);
        let fresh = file(files, place);
        let differences = place
            .structure(&database)
            .await
            .differences(&place.structure_of(&database, &fresh).await);
        assert!(
            differences.is_empty(),
            "seed {seed}: {differences:#?}\n{}\n{text}\n{sql}",
            draft.text()
        );
        (draft, lock) = (next, next_lock);
    }
}

#[tokio::test]
async fn schemas_at_random_migrate_to_what_a_fresh_database_is_on_sqlite() {
    for seed in [11, 987_654_321] {
        wander(&Place::sqlite(), seed).await;
    }
}

#[tokio::test]
async fn schemas_at_random_migrate_to_what_a_fresh_database_is_on_postgres() {
    for seed in [11, 987_654_321] {
        wander(&Place::postgres().await, seed).await;
    }
}

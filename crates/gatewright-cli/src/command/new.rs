//! `gatewright new`

use std::path::Path;

use gatewright_codegen::{Generation, LOCK_PATH, Options, Runtime};
use toml_edit::{DocumentMut, Item};

use crate::args::New;
use crate::disk::{self, Directory};
use crate::error::{Error, Result};
use crate::runtime::{self, Source};
use crate::schema_file::{self, SchemaFile};
use crate::terminal::{self, DONE};
use crate::{package_name, vendor};

/// What a new application starts from unless told.
const STARTER: &str = include_str!("../starter.toml");

/// Writes the application that the arguments describe.
pub(crate) fn run(args: &New) -> Result<()> {
    let package = package_name::of(&args.name)?;
    let schema = match &args.schema {
        Some(path) => SchemaFile::load(path)?,
        None => SchemaFile::check(Path::new(schema_file::FILE_NAME), starter(package)?)?,
    };
    create(&args.name, package, &schema, args.runtime.as_ref())?;

    let name = args.name.display();
    terminal::print(format_args!("{DONE}created{DONE:#} {name}"))?;
    terminal::print(format_args!(
        "\nNext:\n  \
         cd {name}\n  \
         cp .env.example .env\n  \
         cargo run -- migrate\n  \
         cargo run -- seed-demo\n  \
         cargo run"
    ))
}

/// Makes the directory `target` with a whole application, or nothing.
pub(super) fn create(
    target: &Path,
    package: &str,
    schema: &SchemaFile,
    runtime: Option<&Source>,
) -> Result<()> {
    let runtime = match runtime {
        None => Runtime::Vendored,
        Some(Source::Path(path)) => Runtime::Path(runtime::path_from(target, path)?),
        Some(Source::Version(version)) => Runtime::Version(version.to_string()),
    };
    let options = Options {
        package: package.to_owned(),
        source: &schema.source,
        runtime: runtime.clone(),
    };
    let generation = gatewright_codegen::generate(&schema.schema, &options)
        .map_err(|error| Error::circumstances(error.to_string()))?;
    disk::create_whole(target, |directory| {
        write_application(directory, &generation)?;
        if runtime == Runtime::Vendored {
            write_runtime(directory)?;
            directory.write("Cargo.lock", vendor::CARGO_LOCK.as_bytes())?;
        }
        Ok(())
    })
}

fn write_application(directory: &Directory, generation: &Generation) -> Result<()> {
    for file in &generation.files {
        directory.write(&file.path, file.contents.as_bytes())?;
    }
    directory.write(LOCK_PATH, generation.lock.render().as_bytes())
}

/// Writes the runtime's source into an application, where it is not there already.
pub(super) fn write_runtime(directory: &Directory) -> Result<()> {
    let files = vendor::files().map_err(|broken| Error::circumstances(broken.to_string()))?;
    for (path, contents) in files {
        if directory.read(&path)?.as_ref() != Some(&contents) {
            directory.write(&path, &contents)?;
        }
    }
    Ok(())
}

/// The starter schema, named after the package.
fn starter(package: &str) -> Result<String> {
    let mut schema: DocumentMut = STARTER
        .parse()
        .map_err(|error| Error::circumstances(format!("the starter schema: {error}")))?;
    let app = schema.get_mut("app").and_then(Item::as_table_mut);
    if let Some(Item::Value(name)) = app.and_then(|app| app.get_mut("name")) {
        let decor = name.decor().clone();
        *name = package_name::title(package).into();
        *name.decor_mut() = decor;
    }
    Ok(schema.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starter_carries_the_application_s_name_and_keeps_its_comments() {
        let schema = starter("my-shop").expect("a schema");
        assert!(
            schema.contains("name = \"My Shop\"                    # as people see it\n"),
            "{schema}"
        );
    }
    #[test]
    fn the_starter_leaves_nothing_to_say() {
        let parsed = gatewright_schema::parse(STARTER);
        assert_eq!(parsed.diagnostics, []);
    }
}

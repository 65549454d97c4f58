use super::*;

fn wrong(of_the_team: &[Source]) -> Vec<String> {
    match Templates::new(of_the_team) {
        Ok(_) => Vec::new(),
        Err(WrongTemplates(sentences)) => sentences.into_iter().collect(),
    }
}

const TEXT: &str = "mails/verify_address.txt.jinja";

fn values() -> Values {
    let link = Shown::Link("https://app.example/x?token=y".to_owned());
    let name = Shown::Name("Eve & <b>Sons</b>".to_owned());
    let values = [
        ("app", Value::from("Storefront")),
        ("link", link.into_value()),
        ("sender", name.into_value()),
        ("sender_address", Value::from("eve@example.com")),
        ("tenant", Value::from("<script>alert(1)</script>")),
    ];
    values.into_iter().collect()
}

#[test]
fn a_team_s_template_takes_the_place_of_the_runtime_s() {
    let own = Templates::new(&[]).unwrap();
    let text = own.render(TEXT, &values()).unwrap();
    assert!(
        text.starts_with("Somebody signed up for Storefront"),
        "{text}"
    );
    assert!(
        text.contains("\n\nhttps://app.example/x?token=y\n\n"),
        "{text}"
    );

    let templates = Templates::new(&[(TEXT, "Ahoy: {{ link }}\n")]).unwrap();
    let text = templates.render(TEXT, &values()).unwrap();
    assert_eq!(text, "Ahoy: https://app.example/x?token=y\n");
    // The others are as they were.
    let html = "mails/verify_address.html.jinja";
    assert_eq!(
        templates.render(html, &values()).unwrap(),
        own.render(html, &values()).unwrap()
    );
}

#[test]
fn what_stands_in_html_is_text() {
    let templates = Templates::new(&[]).unwrap();
    let html = templates
        .render("mails/invitation.html.jinja", &values())
        .unwrap();
    assert!(
        !html.contains("<script>") && !html.contains("<b>"),
        "{html}"
    );
    assert!(html.contains("&lt;script&gt;"), "{html}");
    assert!(html.contains("Eve &amp; "), "{html}");
    let links = html.matches("https://app.example/x?token=y").count();
    assert_eq!((links, html.matches("://").count()), (3, 3), "{html}");
    assert!(html.trim_start().starts_with("<!doctype html>"), "{html}");
    assert!(html.trim_end().ends_with("</html>"), "{html}");
}

#[test]
fn a_template_that_replaces_nothing_is_refused() {
    let path = "mails/verify_adress.txt.jinja";
    assert_eq!(
        wrong(&[(path, "{{ link }}")]),
        [
            "templates/mails/verify_adress.txt.jinja replaces no template of gatewright's; \
             `gatewright eject --list` names them"
        ]
    );
}

#[test]
fn a_mistake_is_told_with_its_file_and_line() {
    for (source, begin) in [
        (
            "a\n{% if %}\n{{ link }}",
            "templates/mails/verify_address.txt.jinja:2: syntax error",
        ),
        (
            "{{ link }}\n{{ lnik }}",
            "templates/mails/verify_address.txt.jinja:2: undefined value",
        ),
        (
            "{{ link }}\n\n{{ link|shout }}",
            "templates/mails/verify_address.txt.jinja:3: unknown filter",
        ),
        (
            "no link\n",
            "templates/mails/verify_address.txt.jinja:1: `{{ link }}` is missing",
        ),
    ] {
        let found = wrong(&[(TEXT, source)]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(begin), "{found:?}");
    }
    let subject = "mails/verify_address.subject.txt.jinja";
    let found = wrong(&[(subject, "{# nothing #}\n")]);
    assert_eq!(
        found,
        [format!("templates/{subject}:1: the subject is empty")]
    );
}

#[test]
fn a_mistake_in_a_part_is_told_once() {
    let layout = "mails/layout.html.jinja";
    let found = wrong(&[(layout, "<p>\n{{ ap }}\n{% block content %}{% endblock %}")]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("templates/mails/layout.html.jinja:2: undefined value"),
        "{found:?}"
    );
}

const LOGIN: &str = "pages/login.html.jinja";

fn login() -> Login {
    Login {
        form: Form::new(Login::FIELDS),
        next: "/account".to_owned(),
        notice: None,
        passwords: true,
        providers: Vec::new(),
        recovery: true,
        signup: true,
    }
}

#[test]
fn a_team_s_page_and_sheet_take_the_place_of_the_runtime_s() {
    let own = Templates::new(&[]).unwrap();
    let page = "Ahoy {{ app }}: <form action=\"/auth/login\"> {{ style }}\n";
    let sheet = "body { color: {{ teal }} }";
    let templates = Templates::new(&[(LOGIN, page), ("pages/style.css", sheet)]).unwrap();
    let html = templates.page("A & B", false, &login()).unwrap();
    let address = &templates.style.address;
    let expected = format!("Ahoy A &amp; B: <form action=\"/auth/login\"> {address}\n");
    assert_eq!(html, expected);
    // The sheet is served as it is, at an address of its own.
    assert_eq!(templates.style.css, sheet);
    assert_ne!(templates.style.address, own.style.address);
    let html = own.page("Storefront", true, &login()).unwrap();
    assert!(html.contains("<title>Error: Sign in"), "{html}");
}

#[test]
fn a_mistake_in_a_page_is_told_with_its_file_and_line() {
    let form = "<form action=\"/auth/login\">";
    for (source, begin) in [
        (
            format!("{form}\n{{% if %}}"),
            "templates/pages/login.html.jinja:2: syntax error",
        ),
        (
            format!("{form}\n{{{{ nxet }}}}"),
            "templates/pages/login.html.jinja:2: undefined value",
        ),
        (
            format!("{form}\n\n{{{{ form.fields.emial.value }}}}"),
            "templates/pages/login.html.jinja:3: undefined value",
        ),
        (
            "no form\n".to_owned(),
            "templates/pages/login.html.jinja:1: no form has `action=\"/auth/login\"`",
        ),
    ] {
        let found = wrong(&[(LOGIN, source.leak())]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(begin), "{found:?}");
    }
    let found = wrong(&[("pages/logn.html.jinja", "")]);
    assert!(found[0].contains("replaces no template"), "{found:?}");
    // Of a part of many pages one mistake is told once, and not in the page's name.
    let found = wrong(&[("pages/field.html.jinja", "\n{{ lable }}")]);
    assert_eq!(found.len(), 1, "{found:?}");
    let begin = "templates/pages/field.html.jinja:2: undefined value";
    assert!(found[0].starts_with(begin), "{found:?}");
}

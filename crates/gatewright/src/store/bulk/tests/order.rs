//! In which order the records of a request are written, and answered.

use super::*;

#[tokio::test]
async fn two_requests_for_the_same_values_do_not_wait_for_each_other() {
    let names: Vec<String> = (0..MOST_ITEMS).map(|n| format!("n{n:03}")).collect();
    let up: Vec<&str> = names.iter().map(String::as_str).collect();
    let down: Vec<&str> = up.iter().rev().copied().collect();
    for desk in Desk::each().await {
        let (a, b) = tokio::join!(desk.make(&up), desk.make(&down));
        // One of them made all, the other met its first value. Neither is told to try again.
        let (made, refused) = if a.is_ok() { (a, b) } else { (b, a) };
        assert_eq!(made.unwrap().len(), MOST_ITEMS);
        let refusal = refusal(refused);
        assert!(
            refusal == "conflict records.0.name taken"
                || refusal == "conflict records.999.name taken",
            "{refusal}"
        );
    }
}

#[tokio::test]
async fn the_answer_is_in_the_order_of_the_request() {
    for desk in Desk::each().await {
        let unit = desk.unit(None);
        let given = ["c", "a", "b"].map(|name| note(name, None)).to_vec();
        let made = create::create(desk.access(&unit, None), &NOTES, given).await;
        let names = made
            .unwrap()
            .into_iter()
            .map(|mut made| made.values.remove(0));
        let expected = ["c", "a", "b"].map(|name| Value::Text(name.to_owned()));
        assert_eq!(names.collect::<Vec<_>>(), expected);

        let given = ["x", "d", "x"].map(|name| note(name, None)).to_vec();
        let answer = create::create(desk.access(&unit, None), &NOTES, given).await;
        assert_eq!(refusal(answer), "conflict records.2.name taken");
    }
}

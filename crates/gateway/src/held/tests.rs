//! What is held takes as much memory as is accounted for it.

use cache::Weigh as _;

use super::*;

/// Items of a data set, about as compressible as what people write.
fn items(count: usize) -> Items {
    let mut json = vec![b'['];
    let mut index = Vec::new();
    for number in 0..count {
        let start = json.len() + usize::from(number > 0);
        let comma = if number > 0 { "," } else { "" };
        let word = number.wrapping_mul(2_654_435_761) % 1_000_000_007;
        let item = format!(r#"{comma}{{"id":"{number}","title":"salle {word}","place":"bâtiment {}"}}"#, word % 97);
        json.extend_from_slice(item.as_bytes());
        index.push(serde_json::json!({ "range": { "start": start, "end": json.len() }, "start": number, "end": null }));
    }
    json.push(b']');
    let index = serde_json::to_vec(&index).unwrap();
    Items::unpack(&[&(index.len() as u64).to_be_bytes()[..], &index, &json].concat()).unwrap()
}

#[test]
fn weighs_what_it_takes_within_a_tenth() {
    let small = |items| Held::new("news", items, Account::default(), None, Timestamp::UNIX_EPOCH, Duration::ZERO, &[]);
    // What a thread takes once for all.
    small(items(1)).weight();
    for (count, complaints) in [(0, 0), (1, 0), (10, 3), (100, 50), (2_000, 0)] {
        let complaint = |record| Complaint {
            record,
            id: None,
            field: "title".to_owned(),
            rejected: true,
            reason: "no value, and the field is required".to_owned(),
            value: None,
        };
        let mut held = None;
        let taken = allocation_counter::measure(|| {
            let account = Account { complaints: (0..complaints).map(complaint).collect(), ..Account::default() };
            let validators = Some(Validators { etag: Some("\"one\"".repeat(4)), last_modified: None });
            let (as_of, fresh_for) = (Timestamp::UNIX_EPOCH, Duration::from_secs(900));
            held = Some(Box::new(Held::new("news", items(count), account, validators, as_of, fresh_for, &Coding::ALL)));
            // As readers do: a body that is shared has a count of its own.
            held.as_ref().unwrap().bodies(fresh_for).body(Some(Coding::Gzip));
        });
        let taken = taken.bytes_current + ROUNDING as i64 * taken.count_current;
        let accounted = held.unwrap().weight();
        let share = accounted as f64 / taken as f64;
        println!("{count} items: {taken} taken, {accounted} accounted");
        assert!((0.9..1.1).contains(&share), "{count} items: {taken} taken, {accounted} accounted");
    }
}

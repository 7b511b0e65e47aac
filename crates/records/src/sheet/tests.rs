//! Tests of `sheet`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::io::{Cursor, Write};

use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::read;
use crate::{Limits, Value, Wanted, json};

const HEAD: [(&str, &str); 4] = [
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Rooms" sheetId="1" r:id="rId1"/><sheet name="Dates" sheetId="2" r:id="rId2"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/></Relationships>"#,
    ),
    (
        "xl/styles.xml",
        r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>"#,
    ),
];
const ROOMS: &str = r#"<row r="2"><c r="B2" t="inlineStr"><is><t>room</t></is></c><c r="C2" t="inlineStr"><is><t>seats</t></is></c><c r="D2" t="inlineStr"><is><t>open</t></is></c></row><row r="4"><c r="B4" t="inlineStr"><is><t>A &amp; B</t></is></c><c r="C4"><v>40</v></c><c r="D4" t="b"><v>1</v></c></row><row r="5"><c r="B5"><v>1.5</v></c><c r="D5" t="e"><v>#N/A</v></c><c r="E5" t="str"><v>x</v></c></row>"#;
const DATES: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>at</t></is></c></row><row r="2"><c r="A2" s="1"><v>46000.5</v></c></row><row r="3"><c r="A3" s="1"><v>0.34375</v></c></row><row r="4"><c r="A4" t="d"><v>2026-01-31T08:00:00</v></c></row>"#;

fn packed(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn sheet(rows: &str) -> String {
    format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
    )
}

fn workbook(first: &str) -> Vec<u8> {
    let dates = sheet(DATES);
    packed(&[&HEAD[..], &[("xl/worksheets/sheet1.xml", first), ("xl/worksheets/sheet2.xml", dates.as_str())]].concat())
}

#[track_caller]
fn same(bytes: &[u8], name: Option<&str>, json: &str) {
    let expected = json::decode(json.as_bytes(), Wanted::all(), &Limits::default()).unwrap();
    assert_eq!(read(bytes, name, &Limits::default()).unwrap(), expected);
}

fn refused(bytes: &[u8], name: Option<&str>, limits: &Limits) -> String {
    read(bytes, name, limits).unwrap_err().message
}

#[test]
fn the_first_sheet_is_records_by_its_first_row_that_is_not_blank() {
    let expected = r##"[{"column_1": null, "room": "A & B", "seats": 40, "open": true}, {"column_1": null, "room": 1.5, "seats": null, "open": "#N/A", "column_5": "x"}]"##;
    same(&workbook(&sheet(ROOMS)), None, expected);
}

#[test]
fn dates_and_times_are_text() {
    same(
        &workbook(&sheet(ROOMS)),
        Some("Dates"),
        r#"[{"at": "2025-12-09T12:00:00"}, {"at": "08:15:00"}, {"at": "2026-01-31T08:00:00"}]"#,
    );
}

#[test]
fn a_sheet_that_is_not_there_is_told_with_those_that_are() {
    insta::assert_snapshot!(refused(&workbook(&sheet(ROOMS)), Some("Salles"), &Limits::default()), @r#"the workbook has no sheet "Salles", it has Rooms, Dates"#);
}

#[test]
fn what_is_no_workbook_is_refused() {
    insta::assert_snapshot!(refused(b"a;b\n1;2\n", None, &Limits::default()), @"not a workbook (XLSX): invalid Zip archive: Could not find EOCD");
    insta::assert_snapshot!(refused(&packed(&[("a.xml", "<a/>")]), None, &Limits::default()), @"not a workbook (XLSX): File not found '_rels/.rels'");
}

#[test]
fn impossible_dimensions_do_no_harm() {
    let lying = r#"<worksheet><dimension ref="B2:A1"></dimension><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>"#;
    // calamine overflows: a panic where overflows are checked, nothing elsewhere.
    let read = read(&workbook(lying), None, &Limits::default()).map_err(|error| error.message);
    assert!(
        matches!(&read, Ok(Value::List(_)))
            || read == Err("not a workbook (XLSX): it declares impossible dimensions".to_owned()),
        "{read:?}"
    );
}

#[test]
fn is_bounded_in_columns_values_files_and_inflated_bytes() {
    let limits = Limits { depth: 64, values: 7 };
    insta::assert_snapshot!(refused(&workbook(&sheet(ROOMS)), None, &limits), @"the table has more than 7 values");
    let far = sheet(r#"<row r="1"><c r="XFD1"><v>1</v></c></row>"#);
    insta::assert_snapshot!(refused(&workbook(&far), None, &limits), @"the table has more than 1000 columns");
    let bomb = " ".repeat(70 << 20);
    insta::assert_snapshot!(refused(&workbook(&bomb), None, &limits), @"not a workbook (XLSX): it inflates to more than 64 MiB");
    let names: Vec<_> = (0..1_001).map(|name| format!("{name}.xml")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    insta::assert_snapshot!(refused(&packed(&files), None, &limits), @"not a workbook (XLSX): it holds more than 1000 files");
}

/// Two cells in opposite corners are 17 thousand million cells to who makes a rectangle of them.
#[test]
fn far_corners_cost_nothing() {
    let corners = sheet(
        r#"<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="1048576"><c r="ALL1048576"><v>1</v></c></row>"#,
    );
    let Value::List(records) = read(&workbook(&corners), None, &Limits::default()).unwrap() else {
        panic!("not a list")
    };
    assert_eq!(records.len(), 1);
}

/// The declared size of the first file is set to one byte in both of the archive's directories.
#[test]
fn a_lie_about_sizes_changes_nothing() {
    let mut bytes = packed(&[("a.xml", &" ".repeat(70 << 20))]);
    let real = (70_u32 << 20).to_le_bytes();
    let places: Vec<_> = (0..bytes.len() - 4).filter(|at| bytes[*at..*at + 4] == real).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
    }
    assert!(refused(&bytes, None, &Limits::default()).starts_with("not a workbook"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn survives_any_bytes(bytes: Vec<u8>) {
        let _ = read(&bytes, None, &Limits::default());
    }

    #[test]
    fn survives_a_damaged_sheet(at in 0..ROOMS.len(), with in "[<>/\"A-Z0-9]{0,3}") {
        let mut rows = ROOMS.to_owned();
        rows.replace_range(at..at + 1, &with);
        let _ = read(&workbook(&sheet(&rows)), None, &Limits::default());
    }
}

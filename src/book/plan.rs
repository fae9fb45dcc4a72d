//! The default numbering plan (C3), which comes with the program: call types and prefixes that a book may redefine.

use std::sync::LazyLock;

use ahash::AHashSet;

use crate::domain::telephone::NumberRules;

use super::errors::{BookError, Errors};
use super::keys;
use super::read::read_table;
use super::schema::find_schema;
use super::tables::{Key, Table};

const CALL_TYPES: &str = include_str!("../../config/numbering/call_types.csv");
const PREFIXES: &str = include_str!("../../config/numbering/prefixes.csv");

/// The two tables of the plan, in the form of a book's.
pub(super) struct Plan {
    pub call_types: Table,
    pub prefixes: Table,
}

impl Plan {
    /// A book's own rows, and those of the plan whose key the book does not use.
    pub(super) fn beneath(own: &Table, plan: &Table) -> Table {
        let key = Key::of(own.schema);
        let taken: AHashSet<Vec<&str>> = own.rows.iter().map(|row| key.parts(row).collect()).collect();
        let added = plan.rows.iter().filter(|row| !taken.contains(&key.parts(row).collect::<Vec<_>>()));
        let mut both = own.clone();
        both.rows.extend(added.cloned());
        both.sort();
        both
    }
}

/// The plan, read once; its errors would be a defect of the program.
pub(super) fn default_plan() -> Result<&'static Plan, Vec<BookError>> {
    static PLAN: LazyLock<Result<Plan, Vec<BookError>>> = LazyLock::new(|| read_plan(CALL_TYPES, PREFIXES));
    PLAN.as_ref().map_err(Clone::clone)
}

fn read_plan(call_types: &str, prefixes: &str) -> Result<Plan, Vec<BookError>> {
    let errors = Errors::default();
    let rules = NumberRules::of_country("44");
    let read = |name: &str, file: &str, text: &str| {
        let schema = find_schema(name).expect("the interface lists it");
        let mut table = read_table(schema, file, text.as_bytes(), &rules, &errors, &mut Vec::new());
        keys::refuse_duplicates(&table, &errors);
        // The lines of the plan mean nothing to somebody who reads an error about a book.
        table.rows.iter_mut().for_each(|row| row.line = 0);
        table
    };
    let plan = Plan {
        call_types: read("call_types", "default call_types.csv", call_types),
        prefixes: read("prefixes", "default prefixes.csv", prefixes),
    };
    let known: AHashSet<&str> = plan.call_types.rows.iter().filter_map(|row| row.cells.get(0)).collect();
    let call_type = plan.prefixes.schema.position("call_type").expect("a column of prefixes");
    for row in &plan.prefixes.rows {
        let value = row.cells.get(call_type).unwrap_or("");
        if !known.contains(value) {
            errors.add(BookError {
                file: "default prefixes.csv".into(),
                line: 0,
                column: "call_type".into(),
                value: value.to_owned(),
                reason: "the default numbering plan has no such call type".into(),
                hint: "this is a defect of the program: please report it".into(),
            });
        }
    }
    errors.into_result(plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_that_ships_is_sound() {
        assert_eq!(default_plan().map(|plan| plan.prefixes.rows.is_empty()), Ok(false));
    }

    #[test]
    fn a_prefix_without_its_call_type_is_a_defect() {
        let types = "call_type,description,class,kind,display_group\nuk,UK,national,voice,UK\n";
        let found = read_plan(types, "prefix,direction,call_type\n+44,out,uk\n+33,out,france\n").map(|_| ());
        let errors: Vec<String> = found.expect_err("france is missing").iter().map(ToString::to_string).collect();
        let expected = "default prefixes.csv, column call_type, \"france\": the default numbering plan has no such \
                        call type — this is a defect of the program: please report it";
        assert_eq!(errors, [expected]);
    }
}

//! Bill → the invoice model as JSON, which `docs/invoice.schema.json` describes. Lists no calls, and nothing that
//! is the reseller's own business: the file is handed to customers.

use crate::domain::bill::{Bill, LineKind};
use crate::domain::money::Price;

/// The bill as JSON: fields in the order of the model, two spaces of indentation, one line feed at the end. All money,
/// prices and quantities are decimal texts, all dates `YYYY-MM-DD`.
pub fn render(bill: &Bill) -> Vec<u8> {
    let mut bytes =
        serde_json::to_vec_pretty(&for_customers(bill)).expect("a bill has text keys only and is written to memory");
    bytes.push(b'\n');
    bytes
}

/// Without what things cost us and which products we know them as, and without the numbers of imports, which depend on the order in which files came.
fn for_customers(bill: &Bill) -> Bill {
    let mut bill = bill.clone();
    for line in &mut bill.lines {
        line.cost = Price::ZERO;
        line.product.clear();
        if line.kind == LineKind::Service {
            line.source.clear();
        }
    }
    bill
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::invoicing::samples;

    const SCHEMA: &str = include_str!("../../docs/invoice.schema.json");

    #[test]
    fn is_stable_and_reads_back() {
        let bill = samples::long();
        let bytes = render(&bill);
        assert_eq!(bytes, render(&bill));
        assert!(bill.lines.iter().any(|line| !line.cost.is_zero()), "the sample has costs to leave out");
        assert_eq!(serde_json::from_slice::<Bill>(&bytes).expect("reads back"), for_customers(&bill));
        assert!(bytes.ends_with(b"}\n"));
    }

    /// Newer than the first bills that were posted.
    const LEFT_OUT_IF_EMPTY: [&str; 12] = [
        "allowances",
        "document",
        "credits",
        "reason",
        "contact",
        "bank",
        "footer",
        "endpoint",
        "language",
        "mandate",
        "buyer_reference",
        "cost_centre",
    ];

    /// Follows `$ref` to the definition.
    fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(reference) => root.pointer(reference.trim_start_matches('#')).expect(reference),
            None => schema,
        }
    }

    fn type_of(value: &Value) -> &'static str {
        match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        }
    }

    /// Walks model and schema together: the same fields in both, all of those required there, each of a type that the schema
    /// names. Adds the paths it saw with a value that is not null, so that the caller can tell what the sample left out.
    fn walk(root: &Value, schema: &Value, value: &Value, path: &str, seen: &mut BTreeSet<String>) {
        let schema = resolve(root, schema);
        if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
            let fits = |choice: &&Value| resolve(root, choice)["type"] == type_of(value);
            let choice = choices.iter().find(fits).unwrap_or_else(|| panic!("{path}: no choice for {value}"));
            return walk(root, choice, value, path, seen);
        }
        assert_eq!(schema["type"], type_of(value), "{path}");
        if !value.is_null() {
            seen.insert(path.into());
        }
        match value {
            Value::Object(fields) => {
                let names = |object: &Value| {
                    object.as_object().expect("an object").keys().cloned().collect::<BTreeSet<String>>()
                };
                let required: BTreeSet<String> = schema["required"]
                    .as_array()
                    .expect(path)
                    .iter()
                    .map(|name| name.as_str().expect("a name").into())
                    .collect();
                let mut known = names(&schema["properties"]);
                let filled = names(value);
                assert!(filled.is_superset(&required) && filled.is_subset(&known), "{path}: model and schema differ");
                known.retain(|name| !LEFT_OUT_IF_EMPTY.contains(&name.as_str()));
                assert!(required.is_superset(&known), "{path}: all other fields are required");
                assert_eq!(schema["additionalProperties"], false, "{path}");
                for (name, field) in fields {
                    walk(root, &schema["properties"][name], field, &format!("{path}.{name}"), seen);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let of_item = schema.pointer(&format!("/prefixItems/{index}")).unwrap_or(&schema["items"]);
                    walk(root, of_item, item, &format!("{path}[]"), seen);
                }
            }
            Value::String(text) => {
                if let Some(names) = schema.get("enum").and_then(Value::as_array) {
                    assert!(names.iter().any(|name| name == text), "{path}: {text} is not in the schema");
                }
            }
            _ => {}
        }
    }

    /// All paths that the schema has.
    fn paths(root: &Value, schema: &Value, path: &str, all: &mut BTreeSet<String>) {
        let schema = resolve(root, schema);
        for choice in schema.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
            paths(root, choice, path, all);
        }
        if schema.get("type").is_some_and(|kind| kind != "null") {
            all.insert(path.into());
        }
        for (name, field) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            paths(root, field, &format!("{path}.{name}"), all);
        }
        let items = schema.get("items").filter(|items| items.is_object());
        for item in items.into_iter().chain(schema.get("prefixItems").and_then(Value::as_array).into_iter().flatten()) {
            paths(root, item, &format!("{path}[]"), all);
        }
    }

    #[test]
    fn model_and_schema_have_the_same_fields() {
        let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
        let mut seen = BTreeSet::new();
        for bill in [
            samples::long(),
            samples::short(),
            samples::credit(),
            samples::draft(),
            samples::empty(),
            samples::credit_note(),
        ] {
            let model: Value = serde_json::from_slice(&render(&bill)).expect("the model is JSON");
            walk(&schema, &schema, &model, "bill", &mut seen);
        }
        let mut all = BTreeSet::new();
        paths(&schema, &schema, "bill", &mut all);
        assert_eq!(seen, all, "the samples fill every field of the schema");
    }
}

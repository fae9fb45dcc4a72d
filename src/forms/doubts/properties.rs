//! Whatever customers come: what is found to be shared is what comparing all pairs finds, and values of no shape do no harm.

use proptest::prelude::*;

use super::{
    CustomerView, Likeness, Other, doubt_of_vat_number, duplicates, full_number, normal_name, normal_postcode,
    of_customer,
};
use crate::domain::telephone::NumberRules;

fn rules() -> NumberRules {
    NumberRules::of_country("44")
}

/// The values that make two customers one, as texts; e-mail addresses each for itself.
fn values(customer: &CustomerView<'_>) -> Vec<(Likeness, String)> {
    let mut values = Vec::new();
    let (name, postcode) = (normal_name(customer.name), normal_postcode(customer.postcode));
    if !name.is_empty() && !postcode.is_empty() {
        values.push((Likeness::NameAndPostcode, format!("{name} {postcode}")));
    }
    values.extend(full_number(customer.telephone, &rules()).map(|number| (Likeness::Telephone, number)));
    for address in format!("{},{}", customer.email, customer.delivery_email).split(',') {
        let value = (Likeness::Email, address.trim().to_lowercase());
        if !value.1.is_empty() && !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

type Found = (usize, Likeness, Other, usize);

/// What each candidate newly shares with a customer that is in the book after the import, or with a candidate before it.
fn by_all_pairs(candidates: &[CustomerView<'_>], existing: &[CustomerView<'_>]) -> Vec<Found> {
    let news = |place: usize| {
        let candidate = &candidates[place];
        if candidates[..place].iter().any(|before| before.account == candidate.account) {
            return Vec::new();
        }
        let old = existing.iter().find(|known| known.account == candidate.account).map(values).unwrap_or_default();
        values(candidate).into_iter().filter(|value| !old.contains(value)).collect()
    };
    let mut expected = Vec::new();
    for place in 0..candidates.len() {
        for value in news(place) {
            let stays = |known: &CustomerView<'_>| {
                let update = candidates.iter().find(|candidate| candidate.account == known.account);
                values(known).contains(&value) && update.is_none_or(|update| values(update).contains(&value))
            };
            let standing = (0..existing.len()).filter(|known| stays(&existing[*known])).map(Other::Existing);
            let before = (0..place).filter(|before| news(*before).contains(&value)).map(Other::Candidate);
            let others: Vec<Other> = standing.chain(before).collect();
            if let Some(first) = others.first() {
                expected.push((place, value.0, *first, others.len() - 1));
            }
        }
    }
    expected.sort_by_key(|(place, likeness, _, _)| (*place, *likeness));
    expected
}

const ACCOUNTS: [&str; 8] = ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8"];
const NAMES: [&str; 4] = ["", "Acme Ltd", "ACME limited", "Bell & Sons"];
const POSTCODES: [&str; 4] = ["", "M1 1AE", "m11ae", "EC1A 1BB"];
const TELEPHONES: [&str; 4] = ["", "020 7946 0018", "+442079460018", "none"];
const EMAILS: [&str; 5] = ["", "a@x.example", "A@X.example, b@x.example", "b@x.example", "c@x.example,c@x.example"];

fn customers() -> impl Strategy<Value = Vec<CustomerView<'static>>> {
    let pick = proptest::sample::select::<&'static str>;
    let customer =
        (pick(&NAMES[..]), pick(&POSTCODES[..]), pick(&TELEPHONES[..]), pick(&EMAILS[..]), pick(&EMAILS[..]));
    let customer =
        (pick(&ACCOUNTS[..]), customer).prop_map(|(account, (name, postcode, telephone, email, delivery_email))| {
            CustomerView { account, name, postcode, telephone, email, delivery_email, ..CustomerView::default() }
        });
    proptest::collection::vec(customer, 0..12)
}

proptest! {
    #[test]
    fn shared_values_are_those_of_all_pairs(candidates in customers(), book in customers()) {
        let mut existing: Vec<CustomerView<'_>> = Vec::new();
        for customer in book {
            if existing.iter().all(|known| known.account != customer.account) {
                existing.push(customer);
            }
        }
        let found = duplicates(candidates.iter().copied(), existing.iter().copied(), &rules());
        let shared: Vec<Found> = found
            .found
            .iter()
            .filter(|duplicate| !matches!(duplicate.likeness, Likeness::SimilarName { .. }))
            .map(|duplicate| (duplicate.candidate, duplicate.likeness, duplicate.first, duplicate.more))
            .collect();
        prop_assert_eq!(shared, by_all_pairs(&candidates, &existing));
    }

    /// What has the beginning and the length of a number, but not its shape.
    #[test]
    fn any_number_of_any_country_is_looked_at(
        prefix in "GB|XI|IE|AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|CHE|NO",
        number in "[0-9A-Z]?[0-9A-Z+*]?[0-9]{0,7}[0-9A-Z]{0,4}",
    ) {
        let _ = doubt_of_vat_number(&format!("{prefix}{number}"), "");
    }

    #[test]
    fn any_text_in_any_column_is_looked_at(texts in proptest::collection::vec("[0-9A-Z .@+*/é٣-]{0,14}|\\PC{0,20}", 9), country in "|UK|France|Ireland|Spain|Norway|Latvia") {
        let customer = CustomerView {
            account: "A1",
            name: &texts[0],
            town: &texts[1],
            postcode: &texts[2],
            country: &country,
            telephone: &texts[3],
            email: &texts[4],
            delivery_email: &texts[5],
            vat_number: &texts[6],
            company_number: &texts[7],
        };
        of_customer(&customer, &rules());
        let again = CustomerView { account: "A2", ..customer };
        let found = duplicates([again].into_iter(), [customer].into_iter(), &rules()).found;
        prop_assert_eq!(
            found.iter().any(|duplicate| duplicate.likeness == Likeness::NameAndPostcode),
            !normal_name(&texts[0]).is_empty() && !normal_postcode(&texts[2]).is_empty()
        );
    }
}

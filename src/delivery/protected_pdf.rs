//! A PDF and a password → the same pages, encrypted (AES-256, PDF 2.0), to be printed and read aloud but not changed. The
//! owner's password is random and forgotten at once. The bytes differ each time: key and salts are random.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use lopdf::encryption::crypt_filters::{Aes256CryptFilter, CryptFilter};
use lopdf::{Document, EncryptionState, EncryptionVersion, Permissions};

use crate::files::map::hex;

/// The standard's limit.
const LONGEST_PASSWORD: usize = 127;

/// Why a PDF cannot be protected; names no password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtectionError(pub String);

impl fmt::Display for ProtectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the PDF cannot be protected: {}", self.0)
    }
}

/// Encrypts a PDF so that only the password opens it.
///
/// # Errors
/// It is no PDF, the password is too long, or the system gives no random numbers.
pub fn protect(pdf: &[u8], password: &str) -> Result<Vec<u8>, ProtectionError> {
    let wrong = |what: &str, error: &dyn fmt::Display| ProtectionError(format!("{what}: {error}"));
    if password.is_empty() || password.len() > LONGEST_PASSWORD {
        return Err(ProtectionError(format!("a password has 1 to {LONGEST_PASSWORD} bytes")));
    }
    let mut document = Document::load_mem(pdf).map_err(|error| wrong("it does not read", &error))?;
    let mut random = [0_u8; 64];
    let read = File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut random));
    read.map_err(|error| wrong("no random numbers", &error))?;
    let (key, owner) = random.split_at(32);
    let filter: Arc<dyn CryptFilter> = Arc::new(Aes256CryptFilter);
    let version = EncryptionVersion::V5 {
        encrypt_metadata: true,
        crypt_filters: BTreeMap::from([(b"StdCF".to_vec(), filter)]),
        file_encryption_key: key,
        stream_filter: b"StdCF".to_vec(),
        string_filter: b"StdCF".to_vec(),
        owner_password: &hex(owner),
        user_password: password,
        permissions: Permissions::PRINTABLE
            | Permissions::PRINTABLE_IN_HIGH_QUALITY
            | Permissions::COPYABLE_FOR_ACCESSIBILITY,
    };
    let state = EncryptionState::try_from(version).map_err(|error| wrong("the password", &error))?;
    document.version = "2.0".into();
    document.encrypt(&state).map_err(|error| wrong("encryption", &error))?;
    let mut bytes = Vec::with_capacity(pdf.len() + 4_096);
    document.save_to(&mut bytes).map_err(|error| wrong("writing", &error))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One page with a line of text.
    fn pdf() -> Vec<u8> {
        use lopdf::{Object, Stream, dictionary};
        let mut document = Document::with_version("1.7");
        let pages = document.new_object_id();
        let content = document.add_object(Stream::new(dictionary! {}, b"BT (Hello) Tj ET".to_vec()));
        let page = document.add_object(dictionary! {
            "Type" => "Page", "Parent" => pages, "Contents" => content,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        });
        document.objects.insert(
            pages,
            Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }),
        );
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        document.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).expect("written");
        bytes
    }

    #[test]
    fn only_the_password_opens_it() {
        let protected = protect(&pdf(), "Pässwort 7").expect("protected");
        assert!(!protected.windows(7).any(|window| window == b"(Hello)"), "the text is not there to be read");
        let opens = |password: &str| {
            let document = Document::load_mem(&protected).expect("a PDF");
            document.authenticate_user_password(password).is_ok()
        };
        assert!(opens("Pässwort 7"));
        for wrong in ["", "Pässwort", "password", "pässwort 7"] {
            assert!(!opens(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn what_cannot_be_protected_is_said() {
        assert!(protect(b"no PDF", "x").is_err());
        assert!(protect(&pdf(), "").is_err());
        assert!(protect(&pdf(), &"x".repeat(128)).is_err());
    }
}

//! An object of a PDF → its bytes, always the same way. Compresses and encrypts nothing.

use std::io::{self, Write};

use lopdf::{Dictionary, Object, StringFormat};

/// Writes an object as it stands in a file.
pub(super) fn write_object(out: &mut Vec<u8>, object: &Object) -> io::Result<()> {
    match object {
        Object::Null => out.write_all(b"null"),
        Object::Boolean(value) => write!(out, "{value}"),
        Object::Integer(value) => write!(out, "{value}"),
        // As it prints: all digits, never an exponent, which PDF does not know.
        Object::Real(value) => write!(out, "{value}"),
        Object::Name(name) => write_name(out, name),
        Object::String(bytes, format) => write_string(out, bytes, format),
        Object::Reference((number, generation)) => write!(out, "{number} {generation} R"),
        Object::Array(items) => {
            out.push(b'[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(b' ');
                }
                write_object(out, item)?;
            }
            out.push(b']');
            Ok(())
        }
        Object::Dictionary(dictionary) => write_dictionary(out, dictionary),
        Object::Stream(stream) => {
            write_dictionary(out, &stream.dict)?;
            out.extend_from_slice(b"\nstream\n");
            out.extend_from_slice(&stream.content);
            out.extend_from_slice(b"\nendstream");
            Ok(())
        }
    }
}

fn write_dictionary(out: &mut Vec<u8>, dictionary: &Dictionary) -> io::Result<()> {
    out.extend_from_slice(b"<<");
    for (key, value) in dictionary {
        write_name(out, key)?;
        out.push(b' ');
        write_object(out, value)?;
    }
    out.extend_from_slice(b">>");
    Ok(())
}

/// Everything but plain letters is written by its number.
fn write_name(out: &mut Vec<u8>, name: &[u8]) -> io::Result<()> {
    out.push(b'/');
    for byte in name {
        match byte {
            b'!'..=b'~' if !b"()<>[]{}/%#".contains(byte) => out.push(*byte),
            other => write!(out, "#{other:02X}")?,
        }
    }
    Ok(())
}

fn write_string(out: &mut Vec<u8>, bytes: &[u8], format: &StringFormat) -> io::Result<()> {
    match format {
        StringFormat::Hexadecimal => {
            out.push(b'<');
            for byte in bytes {
                write!(out, "{byte:02X}")?;
            }
            out.push(b'>');
        }
        StringFormat::Literal => {
            out.push(b'(');
            for byte in bytes {
                match byte {
                    b'(' | b')' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
                    b'\r' => out.extend_from_slice(b"\\r"),
                    b'\n' => out.extend_from_slice(b"\\n"),
                    other => out.push(*other),
                }
            }
            out.push(b')');
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use lopdf::{Stream, dictionary};

    use super::*;

    #[test]
    fn objects_are_written_as_the_standard_has_them() {
        let check = |object: Object, expected: &str| {
            let mut out = Vec::new();
            write_object(&mut out, &object).expect("written to memory");
            assert_eq!(String::from_utf8_lossy(&out), expected);
        };
        check(Object::Null, "null");
        check(Object::Boolean(true), "true");
        check(Object::Integer(-7), "-7");
        check(Object::Real(595.276), "595.276");
        check(Object::Real(0.000_001), "0.000001");
        check(Object::Name(b"A B#(\xE9)".to_vec()), "/A#20B#23#28#E9#29");
        check(Object::String(b"a(b)\\\r\n".to_vec(), StringFormat::Literal), "(a\\(b\\)\\\\\\r\\n)");
        check(Object::String(vec![0xFE, 0x0A], StringFormat::Hexadecimal), "<FE0A>");
        check(Object::Array(vec![1.into(), Object::Reference((2, 0))]), "[1 2 0 R]");
        check(Object::Dictionary(dictionary! { "K" => 1 }), "<</K 1>>");
        check(Object::Stream(Stream::new(dictionary! {}, b"x".to_vec())), "<</Length 1>>\nstream\nx\nendstream");
    }
}

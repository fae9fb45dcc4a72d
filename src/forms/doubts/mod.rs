//! What is worth a second look in a filled form and refuses nothing (K4).

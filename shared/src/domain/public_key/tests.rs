//! Spellings of keys: the published vectors, and everything that is almost a key.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;

use super::*;

/// EIP-55's own vectors.
const ADDRESSES: [&str; 8] = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
];

/// The points of low order, as bytes: with any of them, signatures can be forged.
const LOW_ORDER: [&str; 8] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
];

fn read(text: &str) -> Result<PublicKey, PublicKeyError> {
    text.parse()
}

fn base58(hexadecimal: &str) -> String {
    bs58::encode(HEXLOWER.decode(hexadecimal.as_bytes()).unwrap()).into_string()
}

#[test]
fn the_published_addresses_are_spelled_as_published() {
    for address in ADDRESSES {
        let key = read(address).unwrap();
        assert_eq!(key.to_string(), address);
        assert_eq!(key.canonical(), format!("evm#{}", address[2..].to_lowercase()));
        assert_eq!(key.key_type().as_str(), "evm");
    }
}

#[test]
fn one_address_in_one_case_needs_no_checksum_and_is_the_same_key() {
    for address in ADDRESSES {
        for digits in [address[2..].to_lowercase(), address[2..].to_uppercase()] {
            assert_eq!(read(&format!("0x{digits}")), read(address));
        }
    }
}

#[test]
fn a_wrong_checksum_is_refused() {
    for wrong in ["0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x52908400098527886E0F7030069857D2E4169eE7"] {
        assert_eq!(read(wrong), Err(PublicKeyError::Checksum), "{wrong}");
    }
}

#[test]
fn what_is_almost_an_address_is_refused() {
    let digits = "de709f2102306220921060314715629080e2fb77";
    for wrong in [
        format!("0X{digits}"),
        format!("0x{}", &digits[1..]),
        format!("0x{digits}0"),
        format!("0x{digits} "),
        format!(" 0x{digits}"),
        format!("0x{}g", &digits[1..]),
        "0x".to_owned(),
        "0".to_owned(),
        String::new(),
        format!("evm#{digits}"),
    ] {
        assert_eq!(read(&wrong), Err(PublicKeyError::Spelling), "{wrong}");
    }
    assert_eq!(read(digits), Err(PublicKeyError::Spelling), "no prefix");
}

#[test]
fn an_ed25519_key_has_one_spelling() {
    let text = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v";
    let key = read(text).unwrap();
    assert_eq!((key.to_string().as_str(), key.canonical()), (text, format!("solana#{text}")));
    assert_eq!(key.key_type().as_str(), "solana");
    assert_eq!(read(&format!("1{text}")), Err(PublicKeyError::Length), "an extra leading 1");
    assert_eq!(read(&text[4..]), Err(PublicKeyError::Length));
    for wrong in [format!("{text} "), text.replace('E', "O"), text.replace('w', "l"), format!("solana#{text}")] {
        assert_eq!(read(&wrong), Err(PublicKeyError::Spelling), "{wrong}");
    }
    assert_eq!(read(&"z".repeat(1 << 20)), Err(PublicKeyError::Length), "and in no time");
}

#[test]
fn keys_of_low_order_are_refused_the_system_program_among_them() {
    assert_eq!(read("11111111111111111111111111111111"), Err(PublicKeyError::Weak));
    for point in LOW_ORDER {
        assert_eq!(read(&base58(point)), Err(PublicKeyError::Weak), "{point}");
        assert_eq!(PublicKey::from_canonical(&format!("solana#{}", base58(point))), None);
    }
}

#[test]
fn bytes_that_are_no_point_or_a_second_encoding_of_one_are_refused() {
    let mut twins = 0;
    // The field's prime is 2^255 - 19, so that the 19 numbers from it to 2^255 - 1 say again what 0 to 18 say.
    for low in 0xed_u8..=0xff {
        for high in [0x7f_u8, 0xff] {
            let mut bytes = [0xff_u8; 32];
            (bytes[0], bytes[31]) = (low, high);
            twins += u32::from(VerifyingKey::from_bytes(&bytes).is_ok());
            assert_eq!(read(&bs58::encode(bytes).into_string()), Err(PublicKeyError::Weak));
        }
    }
    assert!(twins > 4, "some of them decode, {twins}");
}

#[test]
fn only_the_canonical_spelling_is_canonical() {
    for wrong in [
        "evm#5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "evm#0xde709f2102306220921060314715629080e2fb77",
        "0xde709f2102306220921060314715629080e2fb77",
        "public_key#evm#de709f2102306220921060314715629080e2fb77",
        "solana#1EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
        "ed25519#EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
        "",
    ] {
        assert_eq!(PublicKey::from_canonical(wrong), None, "{wrong}");
    }
}

proptest! {
    #[test]
    fn every_key_survives_both_of_its_spellings(seed in any::<[u8; 32]>(), address in any::<[u8; 20]>()) {
        let holder = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
        for text in [bs58::encode(holder.as_bytes()).into_string(), format!("0x{}", HEXLOWER.encode(&address))] {
            let key = read(&text).unwrap();
            prop_assert_eq!(read(&key.to_string()).unwrap(), key);
            prop_assert_eq!(PublicKey::from_canonical(&key.canonical()), Some(key));
        }
    }

    #[test]
    fn no_text_is_read_as_another_one(text in "(0x)?[0-9a-zA-Z#]{0,50}") {
        if let Ok(key) = read(&text) {
            prop_assert_eq!(key.to_string().to_lowercase(), text.to_lowercase());
        }
    }
}

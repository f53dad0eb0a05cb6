//! The comparison alone: what is known of a million users, and a provider that names each of them.

use std::time::Instant;

use serde_json::json;
use shared::clock::Timestamp;
use shared::domain::{Identity, Profile, User};
use shared::reconcile::Known;
use shared::wire::clerk_user::ClerkUser;

use crate::people::{facts, identity, row};

/// Compares `users` of which one in a hundred differs, and reads as many from JSON.
pub(crate) fn measure(users: u32) {
    let time = Timestamp::from_millis(1_700_000_000_000).expect("a time");
    let profiles: Vec<(Identity, Profile)> =
        (0..users).map(|number| (identity(number), Profile::new(facts(number), time, time, time))).collect();
    let rows: Vec<User> = (0..users).zip(&profiles).map(|(number, (_, profile))| row(number, profile)).collect();
    let learning = Instant::now();
    let mut known = Known::of(rows.iter());
    let learned = learning.elapsed();
    drop(rows);
    let changed = Profile::new(facts(users), time, time, time);
    let comparing = Instant::now();
    let mut differing = 0_u32;
    for (number, (identity, profile)) in (0..users).zip(&profiles) {
        let profile = if number % 100 == 0 { &changed } else { profile };
        differing += u32::from(known.compare(identity, profile).differs);
    }
    let compared = comparing.elapsed();
    assert_eq!(differing, users.div_ceil(100), "one in a hundred differs");
    let per_second = |elapsed: std::time::Duration| f64::from(users) / elapsed.as_secs_f64();
    println!("rows learned                 {:.0} users/s", per_second(learned));
    println!("users compared               {:.0} users/s, {differing} of {users} differ", per_second(compared));

    let body = json!({
        "id": "user_29w83sxmDNGwOuEthce5gg56FcC", "object": "user", "username": null, "first_name": "Person", "last_name": "Number",
        "image_url": "https://img.example.com/1.png", "has_image": true, "primary_email_address_id": "idn_1",
        "email_addresses": [{"id": "idn_1", "object": "email_address", "email_address": "p@example.com", "reserved": false,
            "verification": {"status": "verified", "strategy": "email_code", "attempts": 1}, "linked_to": []}],
        "phone_numbers": [], "web3_wallets": [], "external_accounts": [], "public_metadata": {}, "private_metadata": {},
        "unsafe_metadata": {}, "two_factor_enabled": false, "banned": false, "locked": false,
        "created_at": 1_654_012_591_514_i64, "updated_at": 1_654_012_591_835_i64,
    })
    .to_string();
    let reading = Instant::now();
    let reads = users.min(200_000);
    for _ in 0..reads {
        let user: ClerkUser = serde_json::from_str(&body).expect("a user");
        assert!(user.profile(time).is_some(), "with a profile");
    }
    println!(
        "users read from JSON         {:.0} users/s of {} bytes",
        f64::from(reads) / reading.elapsed().as_secs_f64(),
        body.len()
    );
}

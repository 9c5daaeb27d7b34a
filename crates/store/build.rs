//! A new migration file must rebuild the embedded chain.
fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}

//! Puts the built site into the binary, for `src/assets.rs`: every file under a name that changes with its content, and compressed as
//! far as it goes. Without the feature `embed` there is nothing to do: the files are then read where they lie.

#[cfg(feature = "embed")]
mod glue;
#[cfg(feature = "embed")]
mod later;
#[cfg(feature = "embed")]
mod order;
#[cfg(feature = "embed")]
mod site;
#[cfg(feature = "embed")]
#[path = "../src/assets/style.rs"]
mod style;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build");
    #[cfg(feature = "embed")]
    site::embed()?;
    Ok(())
}

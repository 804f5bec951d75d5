//! The command line, by running the real binary in a folder of its own.

// Marked as tests as a whole, so that helpers too may panic when a test cannot go on.
#[cfg(test)]
mod api_keys;
#[cfg(test)]
mod audit;
#[cfg(test)]
#[cfg(unix)]
mod clients;
#[cfg(test)]
mod config;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod help;
#[cfg(test)]
mod invite;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod projections;
#[cfg(test)]
mod reports;
#[cfg(test)]
#[cfg(unix)]
mod schemathesis;
#[cfg(test)]
#[cfg(unix)]
mod serve;
#[cfg(test)]
mod server;
#[cfg(test)]
mod story;
#[cfg(test)]
mod wrong;

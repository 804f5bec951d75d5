//! What the document promises, held against the router: who may call what, what is answered, and
//! what hostile requests get.

// Marked as tests as a whole, so that helpers too may panic when a test cannot go on.
#[cfg(test)]
mod bodies;
#[cfg(test)]
mod document;
#[cfg(test)]
mod hostile;
#[cfg(test)]
#[path = "../api/office.rs"]
mod office;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod permissions;

//! Who acted.

use readmit::{CheckedBy, Timestamp, Who};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::schema;

/// Who acted, and the second factor they had shown.
#[derive(Serialize, ToSchema)]
#[schema(as = Who)]
pub(crate) struct WhoView {
    /// What they are.
    kind: WhoKind,
    /// The admin's, the customer's or the key's id; the system has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<String>,
    /// The key of the service that spoke for the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::KeyId>, nullable = false)]
    via: Option<readmit::KeyId>,
    /// When they had shown a second factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    second_factor_at: Option<Timestamp>,
    /// Whether the engine checked it, or a service vouches for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    second_factor_checked_by: Option<CheckedByView>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WhoKind {
    Admin,
    Customer,
    Service,
    System,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CheckedBy)]
#[serde(rename_all = "snake_case")]
enum CheckedByView {
    Engine,
    Service,
}

impl From<&Who> for WhoView {
    fn from(who: &Who) -> Self {
        let (kind, id, via) = match who {
            Who::Admin { id, .. } => (WhoKind::Admin, Some(id.to_string()), None),
            Who::Customer { id, via, .. } => (WhoKind::Customer, Some(id.to_string()), *via),
            Who::Service { id } => (WhoKind::Service, Some(id.to_string()), None),
            Who::System => (WhoKind::System, None, None),
        };
        let shown = who.second_factor();
        Self {
            kind,
            id,
            via,
            second_factor_at: shown.map(|shown| shown.at),
            second_factor_checked_by: shown.map(|shown| match shown.checked_by {
                CheckedBy::Engine => CheckedByView::Engine,
                CheckedBy::Service => CheckedByView::Service,
            }),
        }
    }
}

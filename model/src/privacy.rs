//! What somebody lets others see of them. Who hides one of these does not see it of others.

use crate::secret::MayAsk;
use serde::{Deserialize, Serialize};

/// What somebody lets others see.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Privacy {
    /// That they are writing.
    pub shows_typing: bool,
    /// That they are here, and when they last were.
    pub shows_presence: bool,
    /// How far they have read.
    pub shows_receipts: bool,
    /// Who may ask one for a secret chat.
    pub secret_from: MayAsk,
}

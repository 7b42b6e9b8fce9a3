//! Whose words a forwarded message brings along.

use crate::UserId;
use serde::{Deserialize, Serialize};

/// Who wrote a message that somebody forwarded: the first author, however often it was passed on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Forward {
    /// Who. Its readers need not know them.
    pub sender_id: UserId,
    /// What they were called when it was forwarded.
    pub sender_name: String,
}

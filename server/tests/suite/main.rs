//! The server as its users meet it: real HTTP, real sockets, and a database for each test.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod browser;
mod form;
mod harness;

mod accounts;
mod appearance;
mod blocks;
mod changes;
mod deactivation;
mod demo;
mod edits;
mod files;
mod forms;
mod forwards;
mod fuzz;
mod group_invites;
mod groups;
mod hostile;
mod images;
mod introductions;
mod invites;
mod language;
mod limits;
mod live;
mod locks;
mod log;
mod mentions;
mod messages;
mod notes;
mod notices;
mod openapi;
mod options;
mod origin;
mod pages;
mod permissions;
mod pins;
mod plan;
mod polling;
mod postgres;
mod presence;
mod profiles;
mod quotes;
mod reactions;
mod reads;
mod receipts;
mod reports;
mod sessions;
mod strangers;
mod sync;
mod threads;
mod tidy;
mod typing;
mod users;
mod writer;

//! The server as its users meet it: real HTTP, real sockets, and a database for each test.

mod browser;
mod harness;

mod accounts;
mod groups;
mod invites;
mod limits;
mod live;
mod messages;
mod openapi;
mod origin;
mod pages;
mod plan;
mod postgres;
mod reads;
mod sessions;
mod sync;
mod threads;
mod tidy;
mod writer;

-- How somebody wants Bobbin to look, as words such as `dark large`. Nothing, if they leave it to their browser.

alter table account add column appearance text;

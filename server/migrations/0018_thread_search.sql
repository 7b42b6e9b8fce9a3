-- Groups are found by their titles, whatever stands above or below the letters. Asked for among one member's threads only, so that it needs no
-- index of its own.

alter table thread add column title_search text not null generated always as (folded(title)) stored;

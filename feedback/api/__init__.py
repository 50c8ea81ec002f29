"""The door for other systems: `/api/v1/`. Each write calls the same action as the page, each read the same query."""

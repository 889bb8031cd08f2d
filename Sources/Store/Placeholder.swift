// Placeholder of the module Store.

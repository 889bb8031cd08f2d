// Placeholder of the module Engine.

// Placeholder of the module Simulation.

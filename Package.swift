// swift-tools-version: 6.2
import PackageDescription

// Strict settings, written once. What is hot in module Bytes is marked @inlinable, and its types @usableFromInline: without
// both the compiler neither inlines nor specialises a `package` declaration in another module (half the speed, measured).
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func program(
    _ name: String, _ dependencies: [Target.Dependency], path: String? = nil, exclude: [String] = []
) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

// Each target may depend only on those above it; tools/check-imports holds the order.
let package = Package(
    name: "dossier",
    products: [
        .library(name: "Engine", targets: ["Engine"]),
        .executable(name: "dossierd", targets: ["dossierd"]),
        .executable(name: "dossier", targets: ["dossier"]),
        .executable(name: "dossier-load", targets: ["dossier-load"]),
        .executable(name: "dossier-courier", targets: ["dossier-courier"]),
    ],
    targets: [
        .systemLibrary(name: "CLZ4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CLinux"),
        library("Bytes", ["CLZ4", "CLinux"]),
        library("Commerce", ["Bytes"]),
        library("Wire", ["Bytes", "Commerce"]),
        library("Store", ["Bytes"]),
        library("Engine", ["Bytes", "Commerce", "Wire", "Store"]),
        library("Lane", ["Bytes", "CLinux"]),
        library("Server", ["Bytes", "Commerce", "Wire", "Store", "Engine", "Lane"]),
        library("Simulation", ["Bytes", "Commerce", "Wire", "Store", "Engine", "Server"]),
        library("Client", ["CLinux"]),
        library("Load", ["Bytes", "Client", "CLinux"]),
        program("dossierd", ["Bytes", "CLinux", "Commerce", "Server", "Engine", "Store", "Lane"]),
        program("dossier", ["Client"]),
        program("dossier-load", ["Load", "Client"]),
        program("dossier-courier", ["Bytes", "Client"]),
        program(
            "Benchmarks", ["Bytes", "Commerce", "Wire", "Store", "Engine", "Lane", "Server", "Load", "Client"],
            path: "Benchmarks", exclude: ["Peers"]),
        tests("BytesTests", ["Bytes"]),
        tests("CommerceTests", ["Commerce", "Bytes"]),
        // Also reads the documentation back, file formats included.
        tests("WireTests", ["Wire", "Commerce", "Store", "Bytes"]),
        tests("StoreTests", ["Store", "Simulation", "Bytes"], exclude: ["Golden"]),
        tests("EngineTests", ["Engine", "Commerce", "Wire", "Store", "Bytes", "Simulation"]),
        tests("LaneTests", ["Lane", "Bytes"]),
        tests("ServerTests", ["Server", "Engine", "Commerce", "Wire", "Store", "Simulation", "Bytes"]),
        tests("SimulationTests", ["Simulation", "Engine", "Commerce", "Wire", "Store", "Server", "Bytes"]),
        tests("ClientTests", ["Client", "Load", "dossier", "dossier-courier"]),
        // The real binaries, over real sockets, killed for real.
        tests(
            "SystemTests", ["Client", "Load", "dossierd", "dossier", "dossier-load", "dossier-courier", "Benchmarks"]),
    ]
)

import Synchronization

/// A member that has whatever holds it lent out by its address.
///
/// Of a structure that the compiler could as well hold in registers it copies every byte before it lends it to a function,
/// however large it is: 15 copies of two kilobytes each for an order. What holds an atomic has to stay where it is, and is
/// not copied (Swift 6.3).
package struct InPlace: ~Copyable, Sendable {
    private let pin = Atomic<Bool>(false)

    package init() {}
}

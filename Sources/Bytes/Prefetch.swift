import CLinux

extension Span where Element: BitwiseCopyable {
    /// Asks memory for an element that will be looked at soon; waits for nothing.
    @inlinable @inline(__always) package func prefetch(_ index: Int) {
        precondition(index >= 0 && index < count)
        withUnsafeBufferPointer { if let start = $0.baseAddress { prefetch_line(start + index) } }
    }
}

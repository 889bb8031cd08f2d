import CLinux
import Glibc

/// Raw memory for tables that grow as long as the server runs. What is large comes straight from the kernel: growing moves
/// its page tables instead of its bytes, what is given back is free for everybody, and what was never written takes no
/// memory. From the C library's heap each table that has grown leaves a hole of its old size (a tenth of the memory of
/// 400,000 orders, measured).
@usableFromInline
enum LargeMemory {
    /// From so many bytes on the kernel is asked; below, whole pages would be wasted.
    static let mappedBytes = 32_768

    /// Memory of unknown content.
    static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
        guard bytes >= mappedBytes else { return .allocate(byteCount: bytes, alignment: 16) }
        let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else { preconditionFailure("out of memory") }
        return memory
    }

    /// Memory that is there already and takes what it takes, not only once it is written.
    static func allocatePopulated(_ bytes: Int) -> UnsafeMutableRawPointer {
        let memory = allocate(bytes)
        // Kernels before 5.14 know no such advice; then pages come as they are written.
        if bytes >= mappedBytes { _ = madvise(memory, bytes, MADV_POPULATE_WRITE) }
        return memory
    }

    /// - Parameter bytes: as many as were asked for.
    static func free(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
        guard bytes >= mappedBytes else { return memory.deallocate() }
        munmap(memory, bytes)
    }

    /// The same content in more memory, what comes behind it of unknown content.
    static func grow(_ memory: UnsafeMutableRawPointer, from old: Int, to new: Int) -> UnsafeMutableRawPointer {
        if old >= mappedBytes {
            guard let larger = resize_mapping(memory, old, new), larger != MAP_FAILED else {
                preconditionFailure("out of memory")
            }
            return larger
        }
        let larger = allocate(new)
        larger.copyMemory(from: memory, byteCount: old)
        free(memory, old)
        return larger
    }
}

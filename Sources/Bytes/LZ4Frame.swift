import CLZ4

// Standard LZ4 frames, as the `lz4` program reads and writes them. This file owns the calls into liblz4.

/// A frame that is damaged, or larger than was said.
package struct LZ4FrameError: Error, Equatable, Sendable, CustomStringConvertible {
    /// liblz4's words, or ours.
    package let description: String

    fileprivate init(_ description: String) { self.description = description }

    fileprivate init(code: Int) { description = String(cString: LZ4F_getErrorName(code)) }
}

/// Makes one frame of one run of bytes; keeps its context and buffers, so that a frame allocates nothing.
package final class LZ4FrameEncoder {
    private let context: OpaquePointer
    private var preferences: LZ4F_preferences_t

    package init() {
        var context: OpaquePointer?
        let result = LZ4F_createCompressionContext(&context, UInt32(LZ4F_VERSION))
        guard LZ4F_isError(result) == 0, let context else { preconditionFailure("no memory for an LZ4 context") }
        self.context = context
        preferences = LZ4F_preferences_t()
        // Linked blocks: a group of small events compresses as one window. The checksum is over the content.
        preferences.frameInfo.blockSizeID = LZ4F_max256KB
        preferences.frameInfo.blockMode = LZ4F_blockLinked
        preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
        preferences.autoFlush = 1
    }

    deinit { LZ4F_freeCompressionContext(context) }

    /// Appends the frame of `bytes` to `output`. The frame says its content's size and carries its checksum.
    package func compress(_ bytes: Span<UInt8>, into output: inout ByteWriter) {
        preferences.frameInfo.contentSize = UInt64(bytes.count)
        let bound = LZ4F_compressFrameBound(bytes.count, &preferences)
        output.appendUninitialized(bound) { free in
            guard var next = free.baseAddress else { return 0 }
            var left = free.count
            func advance(_ written: Int) {
                // With enough room, which the bound gives, none of the three calls can fail but for want of memory.
                precondition(LZ4F_isError(written) == 0, "LZ4 compression failed")
                next += written
                left -= written
            }
            advance(LZ4F_compressBegin(context, next, left, &preferences))
            var options = LZ4F_compressOptions_t()
            options.stableSrc = 1
            bytes.withUnsafeBufferPointer { source in
                if let start = source.baseAddress, source.count > 0 {
                    advance(LZ4F_compressUpdate(context, next, left, start, source.count, &options))
                }
            }
            advance(LZ4F_compressEnd(context, next, left, &options))
            return free.count - left
        }
    }
}

/// Unpacks frames of known size; keeps its context. Never writes more than the size it was told.
package final class LZ4FrameDecoder {
    private let context: OpaquePointer

    package init() {
        var context: OpaquePointer?
        let result = LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
        guard LZ4F_isError(result) == 0, let context else { preconditionFailure("no memory for an LZ4 context") }
        self.context = context
    }

    deinit { LZ4F_freeDecompressionContext(context) }

    /// Appends the content of the one frame that `frame` must be, exactly `count` bytes; on an error appends nothing.
    package func decompress(
        _ frame: Span<UInt8>, count: Int, into output: inout ByteWriter
    ) throws(LZ4FrameError) {
        LZ4F_resetDecompressionContext(context)
        // One byte more than expected, so that a longer content is seen and an empty one still has an address.
        try output.appendUninitialized(count + 1) { (free) throws(LZ4FrameError) -> Int in
            let written = try unpack(frame, into: free)
            guard written == count else { throw LZ4FrameError("content of \(written) bytes instead of \(count)") }
            return written
        }
    }

    private func unpack(
        _ frame: Span<UInt8>, into free: UnsafeMutableRawBufferPointer
    ) throws(LZ4FrameError) -> Int {
        var options = LZ4F_decompressOptions_t()
        options.stableDst = 1
        var read = 0
        var written = 0
        while true {
            var sourceSize = frame.count - read
            var targetSize = free.count - written
            let hint = frame.withUnsafeBufferPointer { source in
                LZ4F_decompress(
                    context, free.baseAddress.map { $0 + written }, &targetSize,
                    source.baseAddress.map { $0 + read }, &sourceSize, &options)
            }
            guard LZ4F_isError(hint) == 0 else { throw LZ4FrameError(code: hint) }
            read += sourceSize
            written += targetSize
            if hint == 0 {
                guard read == frame.count else { throw LZ4FrameError("bytes after the frame") }
                return written
            }
            guard sourceSize > 0 || targetSize > 0 else {
                throw LZ4FrameError(read == frame.count ? "frame is cut short" : "content is longer than was said")
            }
        }
    }
}

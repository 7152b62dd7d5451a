using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Decant.Connectors.Cpu.Memory;
using Decant.Connectors.Cpu.Threading;

namespace Decant.Benchmarks;

/// <summary>How fast this machine's threads read memory sequentially: the bound on decoding.</summary>
internal sealed unsafe class MemoryBandwidth : ITeamWork, IDisposable
{
    private const int Passes = 4;
    private readonly NativeBuffer _buffer;
    private readonly WorkerPool _team;

    public MemoryBandwidth(long bytes, int threads)
    {
        _buffer = new NativeBuffer(bytes);
        _team = WorkerPool.Rent(threads);
    }

    /// <summary>Written so that the reads are not optimised away.</summary>
    public int Sink { get; private set; }

    /// <summary>Bytes per second: the best of a few passes over a buffer as large as the weights.</summary>
    public double Measure()
    {
        var best = double.MaxValue;
        for (var pass = 0; pass < Passes; pass++)
        {
            var watch = Stopwatch.StartNew();
            _team.Run(this);
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }

        return _buffer.Bytes / best;
    }

    public void Run(int member)
    {
        var (from, to) = _team.Share((int)(_buffer.Bytes / 256), member);
        var p = (int*)(_buffer.Pointer + from * 256L);
        var end = (int*)(_buffer.Pointer + to * 256L);
        Vector512<int> a = default, b = default, c = default, d = default;
        for (; p < end; p += 64)
        {
            // As the kernels read: without asking ahead the figure would flatter them.
            for (var line = 0; line < 64 && Sse.IsSupported; line += 16) Sse.Prefetch0(p + 1024 + line);
            a ^= Vector512.Load(p);
            b ^= Vector512.Load(p + 16);
            c ^= Vector512.Load(p + 32);
            d ^= Vector512.Load(p + 48);
        }

        Sink = Vector512.Sum(a ^ b ^ c ^ d);
    }

    public void Dispose()
    {
        _team.Dispose();
        _buffer.Dispose();
    }
}

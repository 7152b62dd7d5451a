using System.Diagnostics;
using System.Runtime.Intrinsics;
using Decant.Connectors.Cpu.Memory;
using Decant.Connectors.Cpu.Threading;

namespace Decant.Benchmarks;

/// <summary>How fast this machine's threads read memory: the bound on decoding.</summary>
internal static unsafe class MemoryBandwidth
{
    /// <summary>Bytes per second of sequential reads over <paramref name="bytes"/> by <paramref name="threads"/> threads: the best of several passes.</summary>
    public static double Measure(long bytes, int threads)
    {
        using var buffer = new NativeBuffer(bytes);
        new Span<byte>(buffer.Pointer, (int)Math.Min(bytes, int.MaxValue)).Fill(1);
        var team = WorkerPool.Rent(threads);
        var reader = new Reader(buffer, team);
        var best = double.MaxValue;
        for (var pass = 0; pass < 12; pass++)
        {
            var watch = Stopwatch.StartNew();
            team.Run(reader);
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }

        team.Dispose();
        return bytes / best;
    }

    private sealed class Reader(NativeBuffer buffer, WorkerPool team) : ITeamWork
    {
        public void Run(int member)
        {
            var (from, to) = team.Share((int)(buffer.Bytes / 256), member);
            var p = (int*)(buffer.Pointer + from * 256L);
            var end = (int*)(buffer.Pointer + to * 256L);
            Vector512<int> a = default, b = default, c = default, d = default;
            for (; p < end; p += 64)
            {
                a ^= Vector512.Load(p);
                b ^= Vector512.Load(p + 16);
                c ^= Vector512.Load(p + 32);
                d ^= Vector512.Load(p + 48);
            }

            Sink = Vector512.Sum(a ^ b ^ c ^ d);
        }

        // Written so that the reads are not optimised away.
        public int Sink { get; private set; }
    }
}

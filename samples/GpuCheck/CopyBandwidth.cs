using System.Diagnostics;
using TorchSharp;

namespace Decant.Samples.GpuCheck;

/// <summary>How fast the device copies within its memory: what bounds decoding.</summary>
internal static class CopyBandwidth
{
    private const int CopiesPerRound = 10;

    /// <returns>10⁹ bytes per second, read and written together.</returns>
    public static Spread Measure(string name, int rounds)
    {
        var device = new torch.Device(name);
        var onCuda = device.type == DeviceType.CUDA;
        var bytes = onCuda ? 1L << 30 : 64L << 20;
        using var scope = torch.NewDisposeScope();
        var source = torch.zeros(bytes, torch.ScalarType.Byte, device);
        var target = torch.zeros(bytes, torch.ScalarType.Byte, device);
        double Round()
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < CopiesPerRound; i++) target.copy_(source);
            if (onCuda) torch.cuda.synchronize();
            return 2.0 * bytes * CopiesPerRound / watch.Elapsed.TotalSeconds / 1e9;
        }

        Round();
        return Spread.Of(Enumerable.Range(0, rounds).Select(_ => Round()));
    }
}

using System.Diagnostics;
using System.Globalization;
using Decant.Connectors.Training;

namespace Decant.Samples.TrainTiny.Training;

/// <summary>Shows a training run: a bar on a terminal, a line now and then in a file.</summary>
internal sealed class TrainingBar(string title) : IProgress<TrainingProgress>
{
    private const int Width = 30;
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(15);
    private readonly bool _redraws = !Console.IsOutputRedirected;
    private readonly Stopwatch _sinceLine = Stopwatch.StartNew();

    public void Report(TrainingProgress value)
    {
        var last = value.Step == value.Steps;
        if (!_redraws && !last && value.Step > 1 && _sinceLine.Elapsed < _pause) return;
        _sinceLine.Restart();
        var filled = Width * value.Step / value.Steps;
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{title} [{new string('#', filled)}{new string('.', Width - filled)}] {value.Step}/{value.Steps} loss {value.SmoothedLoss:0.000} {value.TokensPerSecond:0} tokens/s {value.Remaining:mm\\:ss} left");
        if (_redraws) Console.Write($"\r{line}  {(last ? Environment.NewLine : "")}");
        else Console.WriteLine(line);
    }
}

using System.Diagnostics;

namespace Decant.Tool;

/// <summary>Draws a fraction on one line of the error output, once it has taken a while, and wipes it when done.</summary>
internal sealed class ProgressBar(string title, ToolConsole console) : IProgress<double>, IDisposable
{
    private const int Width = 30;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(0.3);
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Lock _lock = new();
    private int _drawn = -1;

    public void Report(double value)
    {
        var percent = (int)(100 * value);
        if (!console.ShowsProgress || Volatile.Read(ref _drawn) == percent || Stopwatch.GetElapsedTime(_start) < _patience) return;
        lock (_lock)
        {
            // Several threads report: the bar never goes back.
            if (percent <= _drawn) return;
            _drawn = percent;
            var filled = Width * percent / 100;
            console.Error.Write($"\r{title} [{new string('#', filled)}{new string('.', Width - filled)}] {percent,3}%");
        }
    }

    public void Dispose()
    {
        if (_drawn >= 0) console.Error.Write($"\r{new string(' ', title.Length + Width + 8)}\r");
    }
}

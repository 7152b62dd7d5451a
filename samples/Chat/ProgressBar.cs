namespace Decant.Samples.Chat;

/// <summary>Draws a fraction on one line of the error stream, and wipes it when done.</summary>
internal sealed class ProgressBar(string title) : IProgress<double>, IDisposable
{
    private const int Width = 30;
    private readonly bool _visible = !Console.IsErrorRedirected;
    private int _drawn = -1;

    public void Report(double value)
    {
        var percent = (int)(100 * value);
        if (!_visible || Interlocked.Exchange(ref _drawn, percent) == percent) return;
        var filled = Width * percent / 100;
        Console.Error.Write($"\r{title} [{new string('#', filled)}{new string('.', Width - filled)}] {percent,3}%");
    }

    public void Dispose()
    {
        if (_drawn >= 0) Console.Error.Write($"\r{new string(' ', title.Length + Width + 8)}\r");
    }
}

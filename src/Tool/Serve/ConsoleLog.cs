using Microsoft.Extensions.Logging;

namespace Decant.Tool;

/// <summary>Writes a server's warnings and errors to the error output, a line each.</summary>
internal sealed class ConsoleLog(ToolConsole console) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) console.WriteError($"{logLevel.ToString().ToLowerInvariant()}: {formatter(state, exception)}{(exception is null ? "" : $" {exception.Message}")}");
    }

    public void Dispose()
    {
    }
}

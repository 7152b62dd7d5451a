namespace Decant.Connectors.Prompting;

/// <summary>A chat template cannot be parsed, refuses its input (<c>raise_exception</c>), or goes beyond the limits on work and output.</summary>
public sealed class ChatTemplateException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and where.</param>
    /// <param name="line">Line of the template, from 1; 0 when unknown.</param>
    public ChatTemplateException(string message, int line = 0)
        : base(line > 0 ? $"Chat template, line {line}: {message}" : $"Chat template: {message}") => Line = line;

    /// <summary>Line of the template, from 1; 0 when unknown.</summary>
    public int Line { get; }
}

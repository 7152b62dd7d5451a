using System.CommandLine;

namespace Decant.Tool;

/// <summary>A command whose help ends with examples.</summary>
internal abstract class ToolCommand(string name, string description) : Command(name, description)
{
    /// <summary>Lines to copy, each with what it does.</summary>
    public abstract string Examples { get; }
}

namespace Decant.Decoding;

/// <summary>Is told about every token while its rows are at hand.</summary>
public interface ITraceSink
{
    /// <summary>Takes note of a token. Nothing of the row may be kept.</summary>
    void Add(in TracedRow row);
}

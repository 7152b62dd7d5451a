namespace Decant.Decoding;

/// <summary>Grounders find every candidate token impossible. Nothing is said in their place: an ungrounded token might be unsafe.</summary>
public sealed class NothingGroundedException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which grounders, and where.</param>
    public NothingGroundedException(string message)
        : base(message)
    {
    }

    internal static NothingGroundedException For(IEnumerable<string> grounders, int candidates, int position) => new(
        $"grounding: {string.Join(" and ", grounders)} found each of the {candidates} likeliest tokens at position {position} impossible. "
        + "Offer more Candidates, make the prompt list what is possible, or set a Floor above 0 if an ungrounded token may be said.");
}

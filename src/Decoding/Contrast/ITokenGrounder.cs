namespace Decant.Decoding;

/// <summary>Knows something of the world that a language model does not: how possible each next token is. Registered by name in <see cref="DecodingServices"/>.</summary>
/// <remarks>
/// Must be a pure function of its arguments, quick, and safe for concurrent use. A name of several tokens must score its beginnings too, by the best or the
/// summed score of what they can become.
/// </remarks>
public interface ITokenGrounder
{
    /// <summary>Scores tokens.</summary>
    /// <param name="prefix">The tokens generated so far, without the prompt.</param>
    /// <param name="candidates">Tokens that may come next.</param>
    /// <param name="scores">Receives how possible each candidate is: a finite number, 0 (impossible) … 1; zero at first.</param>
    void Score(ReadOnlySpan<int> prefix, ReadOnlySpan<int> candidates, Span<float> scores);
}

namespace Decant.Decoding;

/// <summary>
/// Reads a text token by token and says what the control of its reasoning makes of the next one. Marks may be cut into tokens in any way. Immutable.
/// </summary>
/// <param name="control">What is written in the model's place.</param>
/// <param name="script">What the reasoning is to be.</param>
/// <param name="marks">The marks around it.</param>
/// <param name="lead">What opens it; empty where the prompt does, or the model may.</param>
/// <param name="close">What ends it in the model's place.</param>
/// <param name="room">Most tokens before that.</param>
/// <param name="opened">How many of <paramref name="lead"/> stand behind the opening mark.</param>
/// <param name="isOpen">Whether the prompt has opened it.</param>
internal sealed class ThinkingAutomaton(ThinkingControl control, ThinkingScript script, ReasoningMarks marks, int[] lead, int[] close, int room, int opened, bool isOpen)
{
    /// <summary>Where a text is.</summary>
    internal enum Phase
    {
        /// <summary>Before reasoning that the model may begin with.</summary>
        Before,

        /// <summary>In the reasoning, in the model's own words.</summary>
        Inside,

        /// <summary>In a run of tokens that are written in the model's place.</summary>
        Forced,

        /// <summary>Behind the reasoning.</summary>
        Behind,
    }

    /// <summary>The state before the text.</summary>
    public Step Start => lead.Length > 0 ? new Step(Phase.Forced, lead) : isOpen ? Enter(new Step(Phase.Inside)) : new Step(Phase.Before, At: ReasoningMarks.Start);

    public ITokenVocabulary Vocabulary => control.Vocabulary;

    /// <summary>The cue that stands for a close here, or none.</summary>
    public ReadOnlySpan<int> Cue(in Step step)
    {
        if (step.Phase != Phase.Inside || step.Extensions >= script.MaxExtensions || step.Tokens >= script.ExtendBelow || control.Cues.Length == 0) return [];
        var cue = control.Cues[step.Extensions % control.Cues.Length];
        return step.Tokens + cue.Length <= room ? cue : [];
    }

    /// <summary>The tokens that would complete the closing mark, in the model's own words.</summary>
    public ReadOnlySpan<int> Closing(in Step step) => marks.Closing.Completing(step.Closes);

    /// <summary>Those that would complete the opening mark, which may not come again.</summary>
    public ReadOnlySpan<int> Opening(in Step step) => marks.Opening.Completing(step.Opens);

    /// <summary>Whether <see cref="Closing"/> may come.</summary>
    public bool MayClose(in Step step) => step.Phase == Phase.Inside && step.Tokens >= script.MinTokens && Cue(step).IsEmpty;

    /// <summary>The state after a token, or null where it may not come.</summary>
    public Step? Next(in Step step, int token)
    {
        switch (step.Phase)
        {
            case Phase.Forced:
                if (step.Run![step.At] != token) return null;
                if (step.At + 1 < step.Run.Length) return step with { At = step.At + 1 };
                if (step.Run == close) return new Step(Phase.Behind, Extensions: step.Extensions, IsForced: true);
                return Enter(step with { Phase = Phase.Inside, Run = null, At = 0, Tokens = step.Run == lead ? opened : step.Tokens + step.Run.Length });
            case Phase.Before:
                var read = marks.Next(step.At, token);
                if (read == ReasoningMarks.Other || read >= marks.Closed) return Read(new Step(Phase.Behind), token);
                return read < marks.Inside ? step with { At = read } : Enter(Read(new Step(Phase.Inside), token));
            case Phase.Behind:
                return Closing(step).Contains(token) || Opening(step).Contains(token) ? null : Read(step, token);
            default:
                return InReasoning(step, token);
        }
    }

    private Step Read(in Step step, int token) => step with { Closes = marks.Closing.Next(step.Closes, token), Opens = marks.Opening.Next(step.Opens, token) };

    // Where nothing of the model's own is wanted, or no more of it, the end follows at once.
    private Step Enter(in Step step) => script.Text is not null || step.Tokens >= room ? step with { Phase = Phase.Forced, Run = close, At = 0, Closes = 0, Opens = 0 } : step;

    private Step? InReasoning(in Step step, int token)
    {
        if ((uint)token >= (uint)Vocabulary.Count || Vocabulary.EndOfTurn.Contains(token)) return null;
        if (Opening(step).Contains(token)) return null;
        if (Closing(step).Contains(token)) return MayClose(step) ? new Step(Phase.Behind, Extensions: step.Extensions) : null;
        if (Cue(step) is [var first, ..] && first == token)
        {
            var cue = control.Cues[step.Extensions % control.Cues.Length];
            var begun = step with { Phase = Phase.Forced, Run = cue, Closes = 0, Opens = 0, Extensions = step.Extensions + 1 };
            return cue.Length > 1 ? begun with { At = 1 } : Next(begun, token);
        }

        return Enter(Read(step, token) with { Tokens = step.Tokens + 1 });
    }

    /// <summary>A state.</summary>
    /// <param name="Phase">Where the text is.</param>
    /// <param name="Run">What is written in the model's place.</param>
    /// <param name="At">How much of it is there; before reasoning, the state of <see cref="ReasoningMarks"/>.</param>
    /// <param name="Closes">How much of the closing mark the text ends with.</param>
    /// <param name="Opens">How much of the opening one.</param>
    /// <param name="Tokens">Tokens of the reasoning.</param>
    /// <param name="Extensions">Closes that were replaced.</param>
    /// <param name="IsForced">Whether the reasoning's end was written in the model's place.</param>
    internal readonly record struct Step(Phase Phase, int[]? Run = null, int At = 0, int Closes = 0, int Opens = 0, int Tokens = 0, int Extensions = 0, bool IsForced = false);
}

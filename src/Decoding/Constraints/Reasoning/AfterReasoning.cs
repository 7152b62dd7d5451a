using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>
/// A constraint that holds behind a text's reasoning, which is free: anything up to its closing mark. A text without reasoning is constrained from its beginning; until it is
/// certain which of the two it is, both may come.
/// </summary>
/// <remarks>Reasoning has to be closed before the turn ends, so that what the constraint demands is said.</remarks>
internal sealed class AfterReasoning : IConstraint
{
    private readonly ReasoningMarks _marks;

    // Two in the same state at first: for the text without reasoning, and for the text behind it.
    private readonly IConstraint _direct;
    private readonly IConstraint _after;
    private Step[] _path;
    private int _length = 1;
    private ulong[] _scratch = [];

    /// <param name="constraint">What is to hold; owned from here on.</param>
    /// <param name="marks">The marks around reasoning.</param>
    /// <param name="isOpen">Whether the prompt has opened the reasoning.</param>
    public AfterReasoning(IConstraint constraint, ReasoningMarks marks, bool isOpen)
        : this(constraint, constraint.Fork(), marks, [new Step(isOpen ? marks.Inside : ReasoningMarks.Start, null)])
    {
    }

    private AfterReasoning(IConstraint direct, IConstraint after, ReasoningMarks marks, Step[] path)
        => (_direct, _after, _marks, _path, _length) = (direct, after, marks, path, path.Length);

    public string Name => _direct.Name;

    public IReadOnlyList<string> Warnings => _direct.Warnings;

    public bool Accepting => Answer?.Accepting == true;

    // As long as reasoning may begin or end here there is a choice.
    public ReadOnlySpan<int> Forced => Last.Marks == ReasoningMarks.Other ? Answer!.Forced : [];

    private Step Last => _path[_length - 1];

    /// <summary>The constraint that what comes next may be held to, or null where it can only be reasoning.</summary>
    private IConstraint? Answer
    {
        get
        {
            if (Last.Marks >= _marks.Closed) return _after;
            if (Last.Marks >= _marks.Inside) return null;
            return _length == 1 ? _direct : Last.Reader;
        }
    }

    public void FillMask(Span<ulong> mask)
    {
        if (Last.Marks == ReasoningMarks.Other)
        {
            Answer!.FillMask(mask);
            return;
        }

        if (_scratch.Length < mask.Length) _scratch = new ulong[mask.Length];
        var allowed = _scratch.AsSpan(0, mask.Length);
        allowed.Fill(Answer is null ? 0 : ulong.MaxValue);
        Answer?.FillMask(allowed);
        var marks = _marks.Mask(Last.Marks);
        marks = marks[..Math.Min(marks.Length, allowed.Length)];
        TensorPrimitives.BitwiseOr(allowed[..marks.Length], marks, allowed[..marks.Length]);
        TensorPrimitives.BitwiseAnd(mask, allowed, mask);
    }

    public void Prepare() => (Answer ?? _after).Prepare();

    public bool TryAccept(int token)
    {
        var last = Last;
        var marks = last.Marks == ReasoningMarks.Other ? ReasoningMarks.Other : _marks.Next(last.Marks, token);

        // Line breaks behind the closing mark are the mark's.
        var isMark = marks != ReasoningMarks.Other && last.Marks >= _marks.Inside;
        var reader = !isMark && Answer is { } answer && answer.TryAccept(token) ? answer : null;
        if (reader is null && marks == ReasoningMarks.Other) return false;
        if (_length == _path.Length) Array.Resize(ref _path, 2 * _length + 32);
        _path[_length++] = new Step(marks, reader);
        return true;
    }

    public void Rollback(int tokenCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokenCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokenCount, _length - 1);
        for (; tokenCount > 0; tokenCount--) _path[--_length].Reader?.Rollback(1);
    }

    public IConstraint Fork()
    {
        var (direct, after) = (_direct.Fork(), _after.Fork());
        var path = _path[.._length];
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i].Reader is { } reader) path[i] = path[i] with { Reader = reader == _direct ? direct : after };
        }

        return new AfterReasoning(direct, after, _marks, path);
    }

    /// <summary>What a token has led to.</summary>
    /// <param name="Marks">The state of <see cref="ReasoningMarks"/>, or <see cref="ReasoningMarks.Other"/> where there can be no reasoning any more.</param>
    /// <param name="Reader">The constraint that took the token, or null where it was reasoning.</param>
    private readonly record struct Step(int Marks, IConstraint? Reader);
}

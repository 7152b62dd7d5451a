namespace Decant.Connectors.Models;

/// <summary>Nonlinearities of feed-forward blocks.</summary>
public enum Activation
{
    /// <summary>x · sigmoid(x).</summary>
    Silu,

    /// <summary>GELU by its tanh approximation.</summary>
    GeluTanh,

    /// <summary>GELU by the error function.</summary>
    Gelu,

    /// <summary>max(x, 0).</summary>
    Relu,
}

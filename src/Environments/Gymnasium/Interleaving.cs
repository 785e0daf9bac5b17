using System.Numerics;

namespace DqnAkka.Environments;

/// <summary>Takes apart images whose channels lie beside one another, pixel by pixel.</summary>
internal static class Interleaving
{
    /// <summary>Writes plane after plane what lies pixel after pixel.</summary>
    /// <typeparam name="T">The type of one value.</typeparam>
    /// <param name="pixels">Height × width × channels.</param>
    /// <param name="planes">Receives channels × height × width, float32.</param>
    /// <param name="channels">Values of one pixel.</param>
    public static void Split<T>(ReadOnlySpan<T> pixels, Span<float> planes, int channels)
        where T : unmanaged, INumberBase<T>
    {
        int area = pixels.Length / channels;
        for (int channel = 0; channel < channels; channel++)
        {
            Span<float> plane = planes.Slice(channel * area, area);
            int from = channel;
            for (int i = 0; i < plane.Length; i++, from += channels)
            {
                plane[i] = float.CreateTruncating(pixels[from]);
            }
        }
    }
}
